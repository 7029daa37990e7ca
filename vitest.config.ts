import { defineConfig } from 'vitest/config'
import { projects } from './test/projects.ts'

export default defineConfig({ test: { projects: projects() } })
