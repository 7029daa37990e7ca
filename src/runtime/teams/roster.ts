/** The members of a team as a prompt tells of them: one line each. */
export const rosterOf = (members: readonly { name: string; description: string }[]): string =>
  members.map(({ name, description }) => `${name}: ${description}`.replace(/\s+/g, ' ').trim()).join('\n')
