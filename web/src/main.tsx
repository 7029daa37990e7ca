import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './style/controls.css'
import './style/list.css'
import './style/run.css'
import './style/transcript.css'
import './style/team.css'
import './style/charts.css'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>
)
