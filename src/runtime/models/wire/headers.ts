/**
 * The headers of every request to a service, names and values in turn. What a config names goes before what is ours; a
 * name and password in the address go along as the browser sends them.
 */
export function requestHeaders(
  own: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>> | null | undefined,
  { username, password }: URL
): string[] {
  const basic = username !== '' ? basicAuthorization(username, password) : undefined
  const headers = new Map<string, string>()
  const all = {
    'content-type': 'application/json',
    'user-agent': 'troupe',
    ...(basic && { authorization: basic }),
    ...own
  }
  // Keys are copied with the line's end.
  for (const [name, value] of [...Object.entries(all), ...Object.entries(given ?? {})])
    headers.set(name.toLowerCase().trim(), value.trim())
  return [...headers].flat()
}

const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
