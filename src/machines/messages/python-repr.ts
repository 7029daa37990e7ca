/** A JSON value as Python's `repr` writes it. */
export function repr(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null || value === undefined) return 'None'
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (typeof value !== 'object') return String(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${repr(item)}`)
    .join(', ')}}`
}

/** An object as Python writes one of a named class: `FunctionCall(id='1', name='add')`. */
export const reprOf = (name: string, fields: object): string =>
  `${name}(${Object.entries(fields)
    .map(([key, value]) => `${key}=${repr(value)}`)
    .join(', ')})`

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  // What Python does not print: control and format characters, separators but the space, lone surrogates.
  const escaped = text.replace(/[\\\n\r\t]|(?! )[\p{C}\p{Z}]/gu, (char) => escapes[char] ?? code(char))
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote
}

function code(char: string): string {
  const point = char.codePointAt(0)!
  const hex = point.toString(16)
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/**
 * Fills `{field}`, `{field[key]}` and `{field.key}` of a text with values, as Python's `str.format` does; `{{` and
 * `}}` stand for braces, `!r` and `.2f` are understood. Throws where a field is unknown or a brace stands alone.
 */
export function formatText(template: string, values: object): string {
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (part, field?: string) => {
    if (part === '{{' || part === '}}') return part.charAt(0)
    if (field === undefined) throw new Error(`A brace stands alone in the format "${template}".`)
    return filled(field, values)
  })
}

function filled(field: string, values: object): string {
  const [, path = '', conversion, spec] = /^([^!:]*)(?:!([rs]))?(?::(.*))?$/.exec(field) ?? []
  const value = path
    .replaceAll(']', '')
    .split(/[.[]/)
    .reduce<unknown>((inside, key) => member(inside, key, field), values)
  const digits = /^\.(\d{1,2})f$/.exec(spec ?? '')?.[1]
  if (digits !== undefined && typeof value === 'number') return value.toFixed(Number(digits))
  if (spec) throw new Error(`The format "{${field}}" is not understood.`)
  return typeof value === 'string' && conversion !== 'r' ? value : repr(value)
}

function member(inside: unknown, key: string, field: string): unknown {
  if (typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key))
    return (inside as Record<string, unknown>)[key]
  throw new Error(`There is no "${key}" for "{${field}}" in the format.`)
}

/** A number as Python writes a float: `3.0`, `1e-05`, `inf`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  const text = power < 0 ? value.toFixed(mantissa.replace(/[-.]/g, '').length - 1 - power) : String(value)
  return text.includes('.') ? text : `${text}.0`
}
