/** All messages and events, and what can be said of them. */
export * from './chat-message.ts'
export * from './draft.ts'
export * from './events.ts'
export * from './message-types.ts'
export * from './model-message.ts'
export * from './text.ts'
