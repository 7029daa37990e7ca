import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { chartsPlugin } from './build/charts-plugin.ts'

const server = process.env.TROUPE_URL ?? 'http://127.0.0.1:8081'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The page stands at `/` or at `/console/`.
  base: './',
  plugins: [react(), chartsPlugin()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    // To lay out the charts takes most of the time.
    rolldownOptions: { checks: { pluginTimings: false } }
  },
  server: { proxy: { '/api': { target: server, ws: true } } }
})
