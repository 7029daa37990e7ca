/** Troupe as a library: everything one needs to put a team together and to run it. */
export type { ComponentModel, ComponentType } from './machines/component/component.ts'
export * from './machines/conditions/index.ts'
export * from './machines/messages/index.ts'
export type { Selector } from './machines/teams/selector.ts'
export { TroupeError } from './protocol/errors.ts'
export { AssistantAgent } from './runtime/agents/assistant.ts'
export { CodeExecutorAgent } from './runtime/agents/code-executor.ts'
export { FunctionAgent } from './runtime/agents/function-agent.ts'
export { MessageFilterAgent } from './runtime/agents/message-filter.ts'
export { SocietyOfMindAgent } from './runtime/agents/society-of-mind.ts'
export { UserProxyAgent } from './runtime/agents/user-proxy.ts'
export { type Permissions, permit } from './runtime/components/permissions.ts'
export { dump, Registry } from './runtime/components/registry.ts'
export {
  buffered,
  headAndTail,
  type ModelContext,
  tokenLimited,
  unbounded
} from './runtime/contexts/index.ts'
export type { Agent, Effect, EffectCall, Turn } from './runtime/contract/agent.ts'
export { ListMemory, type Memory } from './runtime/memory/index.ts'
export { models } from './runtime/models/library.ts'
export type { Model, ModelRequest, ModelResult } from './runtime/models/model.ts'
export type { RunOptions, RunOptionsWithTask } from './runtime/team/run-options.ts'
export { RunError } from './runtime/team/stream-run.ts'
export type { TaskResult, TaskStatus } from './runtime/team/task-result.ts'
export { Team, type TeamOptions, type TeamType } from './runtime/team/team.ts'
export { DiGraphBuilder } from './runtime/teams/graph/digraph-builder.ts'
export { GraphFlow } from './runtime/teams/graph-flow.ts'
export { MagenticOneGroupChat, type MagenticOptions } from './runtime/teams/magentic-one.ts'
export { RoundRobinGroupChat } from './runtime/teams/round-robin.ts'
export { SelectorGroupChat, type SelectorOptions } from './runtime/teams/selector-group-chat.ts'
export { Swarm } from './runtime/teams/swarm.ts'
export { agentTool, teamTool } from './runtime/teams/team-tool.ts'
export { tool } from './runtime/tools/function-tool.ts'
export { McpWorkbench } from './runtime/tools/mcp/workbench.ts'
export type { Tool, Workbench } from './runtime/tools/tool.ts'
