import type { Fields } from './matcher.ts'

/** One request of a recording and what answers it. */
export interface Call {
  method: string
  path: string
  body?: unknown
  raw?: string
  headers?: Record<string, string>
  status: unknown
  location?: string
  response?: unknown
}

/** One step of a recording; which fields there are says what it does. */
export interface Step {
  conn?: string
  connect?: string
  headers?: Record<string, string>
  sent?: Fields
  sent_text?: string
  sent_binary?: string
  received?: Fields
  optional?: boolean
  within_ms?: number
  closed?: { code: number | number[] }
  close?: number
  drop?: true
  ignore_rest?: true
  wait_ms?: number
  silence_ms?: number
  rest?: Call
  note?: string
}

/** A recording of the wire. */
export interface WireFile {
  name: string
  description: string
  auth?: boolean
  strict_order?: boolean
  team_config?: Fields
  team_configs?: Record<string, Fields>
  rest: Call[]
  ws: Step[]
  after: Call[]
}

/** Where a play finds its servers. */
export interface Servers {
  base: string
  toolPort: number
  modelPort: number
}
