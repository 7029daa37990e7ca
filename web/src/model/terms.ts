/** What our words mean, where they stand. */
export const terms = {
  tokens:
    'The pieces of text that models count: those that were sent to them, and those that they wrote. All calls are in it, those of a selector or an orchestrator too.',
  cost: 'Tokens times the price of the model. Prices come from a file of this server (--prices); cached prompts may be cheaper than shown.',
  duration: 'From the start of the run to its end, or to now.',
  moment:
    'Everything that followed at once from one thing: an answer of a model, a tool, a person, or a command. Between two moments nothing changes.',
  turn: 'One member’s answer in the team, all that it did for it included.',
  chart:
    'The statechart that this member runs on: boxes are states, arrows are what leads from one to the next. The filled box is where it is.',
  memory: 'What is sent along of the conversation so far, whenever this member asks its model.',
  selector: 'A model that reads the conversation and names who speaks next.',
  orchestrator: 'A model that plans the work, looks at the progress, and gives out the next task.',
  internals: 'What the runtime needs beside the members: the run itself, and the manager of each team.',
  fork: 'A new run that shares everything up to a turn, and goes on from there by itself. This one stays as it is.',
  state: 'What the team remembers, as JSON. A new run of this team can begin with it.'
} as const

export type TermName = keyof typeof terms
