import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './style/controls.css'
import './style/list.css'
import './style/run.css'
import './style/talk.css'
import './style/team.css'
import './style/timeline.css'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>
)
