/// <reference lib="esnext.disposable" preserve="true" />
/** Troupe as a library: everything one needs to put a team together and to run it. */
export type { ComponentModel, ComponentType, Kind, Nested } from './machines/component/component.ts'
export type { ConfigSchema, Definition, Maker } from './machines/component/define.ts'
export * from './machines/conditions/index.ts'
export * from './machines/messages/index.ts'
export type { Step } from './machines/participant.ts'
export type { Decision } from './machines/shared/decision.ts'
export type { DiGraph, EdgeTest } from './machines/teams/digraph.ts'
export type { Choice, Chosen, Selector } from './machines/teams/selector.ts'
export { type ReasonCode, TroupeError } from './protocol/errors.ts'
export type { RunLimits } from './protocol/run-options.ts'
export type { HandoffConfig } from './runtime/agents/assistant/handoff.ts'
export type { ObjectSchema } from './runtime/agents/assistant/options.ts'
export type { RetryOptions } from './runtime/agents/assistant/retry.ts'
export type { Summarize } from './runtime/agents/assistant/summary.ts'
export { AssistantAgent, type AssistantOptions, type AssistantSettings } from './runtime/agents/assistant.ts'
export type { CodeExecutor } from './runtime/agents/code-executor/executor.ts'
export type { Approval, Approve } from './runtime/agents/code-executor/turn.ts'
export { CodeExecutorAgent, type CodeExecutorOptions } from './runtime/agents/code-executor.ts'
export {
  FunctionAgent,
  type FunctionAgentOptions,
  type NamedWork,
  type WorkAnswer,
  type WorkEvent,
  type WorkFunction,
  type WorkTurn
} from './runtime/agents/function-agent.ts'
export {
  MessageFilterAgent,
  type MessageFilterOptions,
  SourceFilter
} from './runtime/agents/message-filter.ts'
export { SocietyOfMindAgent, type SocietyOptions } from './runtime/agents/society-of-mind.ts'
export { UserProxyAgent, type UserProxyOptions } from './runtime/agents/user-proxy.ts'
export { type Permissions, permit } from './runtime/components/permissions.ts'
export {
  type AnyType,
  dump,
  dump as toComponent,
  fromComponent,
  Registry
} from './runtime/components/registry.ts'
export {
  buffered,
  headAndTail,
  type ModelContext,
  type Trim,
  tokenLimited,
  unbounded
} from './runtime/contexts/index.ts'
export type { Agent, Effect, EffectCall, Turn } from './runtime/contract/agent.ts'
export {
  type Guard,
  type GuardCheck,
  type GuardedText,
  type GuardVerdict,
  guard
} from './runtime/contract/guards.ts'
export type {
  Hooks,
  ModelCallEvent,
  StatusEvent,
  ToolCallEvent,
  ToolErrorEvent,
  TurnEvent,
  UsageEvent
} from './runtime/contract/hooks.ts'
export type { ApprovalQuestion, Question } from './runtime/contract/question.ts'
export type { MessageWith, OutputOf, Typed } from './runtime/contract/typing.ts'
export type { RunUsage } from './runtime/contract/usage.ts'
export { type AgentDefinition, type AgentGiven, defineAgent } from './runtime/definitions/agent.ts'
export { defineMemory, type MemoryDefinition } from './runtime/definitions/memory.ts'
export { defineModel, type ModelAnswer, type ModelDefinition } from './runtime/definitions/model.ts'
export { defineTeam, type TeamDefinition, type TeamMaker } from './runtime/definitions/team.ts'
export { ListMemory, type Memory, type MemoryCall, type Recollection } from './runtime/memory/index.ts'
export type { AiSdkModel } from './runtime/models/ai-sdk/any-version.ts'
export { fromAiSdk } from './runtime/models/ai-sdk/from-ai-sdk.ts'
export type { ClosableModel } from './runtime/models/closable.ts'
export {
  anthropic,
  azureOpenAI,
  google,
  models,
  ollama,
  openai,
  openaiCompatible,
  type ReplayAnswer,
  type ReplayCall,
  replay
} from './runtime/models/library.ts'
export type {
  Model,
  ModelCall,
  ModelCallRecord,
  ModelInfo,
  ModelRequest,
  ModelResult,
  ToolSchema
} from './runtime/models/model.ts'
export { ModelError } from './runtime/models/model-error.ts'
export type * from './runtime/models/model-options.ts'
export type { Clock } from './runtime/shared/clock.ts'
export type { Task } from './runtime/shared/task.ts'
export { ChatAgent } from './runtime/team/chat-agent.ts'
export type { RunOptions, RunOptionsWithTask } from './runtime/team/run-options.ts'
export { RunError } from './runtime/team/stream-run.ts'
export type { TaskResult, TaskStatus } from './runtime/team/task-result.ts'
export { type RunStream, Team, type TeamOptions, type TeamType } from './runtime/team/team.ts'
export { DiGraphBuilder, type EdgeOptions } from './runtime/teams/graph/digraph-builder.ts'
export { GraphFlow } from './runtime/teams/graph-flow.ts'
export { MagenticOneGroupChat, type MagenticOptions } from './runtime/teams/magentic-one.ts'
export type { ModelOption } from './runtime/teams/model-argument.ts'
export { RoundRobinGroupChat } from './runtime/teams/round-robin.ts'
export type { CandidateFunction, SelectorFunction } from './runtime/teams/selector/choose.ts'
export { SelectorGroupChat, type SelectorOptions } from './runtime/teams/selector-group-chat.ts'
export { Swarm } from './runtime/teams/swarm.ts'
export { agentTool, type TaskToolOptions, teamTool } from './runtime/teams/team-tool.ts'
export { type ToolOptions, tool, tool as defineTool } from './runtime/tools/function-tool.ts'
export type { McpParams } from './runtime/tools/mcp/params.ts'
export type { McpAddress, McpProcess, McpServer } from './runtime/tools/mcp/server.ts'
export { McpWorkbench } from './runtime/tools/mcp/workbench.ts'
export { StaticWorkbench } from './runtime/tools/static-workbench.ts'
export type { Tool, ToolCall, ToolContext, ToolOutput, Workbench } from './runtime/tools/tool.ts'
