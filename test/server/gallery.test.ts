import { describe, expect, test } from 'vitest'
import type { ComponentModel } from '../../src/machines/component/component.ts'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { defaultGallery } from '../../src/server/gallery/index.ts'
import { checkComponent } from '../../src/server/validate/check.ts'

const components = defaultGallery.components as Record<string, ComponentModel[]>
const all = Object.entries(components).flatMap(([kind, list]) =>
  list.map((component) => [`${kind}: ${component.label}`, component] as const)
)
const team = (provider: string) =>
  components.teams!.find((component) => component.provider.endsWith(provider))!

describe('the default gallery', () => {
  test.each(all)('the default gallery holds only what can be loaded: %s [REST-26]', (_, component) => {
    const result = checkComponent({ ...component }, { registry: new Registry() })
    expect(result).toEqual({ is_valid: true, errors: [], warnings: [] })
    expect(dump(new Registry().load<object>(component)).provider).toBe(component.provider)
  })

  test('the default gallery has every list that the pages count, and something in each', () => {
    const kinds = ['agents', 'models', 'tools', 'terminations', 'teams', 'workbenches']
    expect(Object.keys(components).sort()).toEqual(kinds.sort())
    for (const list of Object.values(components)) expect(list.length).toBeGreaterThan(0)
  })

  test.each([0, 2])('the default gallery has teams that run without a key', async (index) => {
    const component = structuredClone(components.teams![index]!)
    const { messages } = await new Registry()
      .load<Team>(hurried(component), 'team')
      .run({ task: 'Go.', env: {} })
    expect(messages.length).toBeGreaterThan(2)
  })

  test('the default gallery has a team with a person, and a graph', () => {
    expect(JSON.stringify(team('RoundRobinGroupChat') && components.teams![1])).toContain('UserProxyAgent')
    expect(team('GraphFlow').config.graph).toBeDefined()
  })
})

/** The same without waiting. */
function hurried<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value, (key, item) => (/delay_ms$/.test(key) ? 0 : item)))
}
