import { defineConfig } from 'vitest/config'
import { longProjects } from './test/projects.ts'

export default defineConfig({ test: { projects: longProjects(), fileParallelism: false } })
