import { defineConfig } from 'vitest/config'
import { projects } from './test/projects.ts'

// Vitest leaves one processor free; much of what tests do is to wait.
export default defineConfig({ test: { projects: projects(), maxWorkers: 2 } })
