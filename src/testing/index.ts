/** What tests of programs with teams need: models that say what is written down, a clock that stands still, and more. */
export { ManualClock } from './manual-clock.ts'
export { type PlayOptions, playUntil } from './play-until.ts'
export { ScriptedModel, type ScriptedOptions, type ScriptLine, scripted } from './scripted-model.ts'
export { type StorePromise, storeContract } from './store-contract.ts'
