import { floatText } from '../../../machines/messages/python-repr.ts'
import { argumentsOf, type BuiltIn } from './built-in.ts'

const operations: Record<string, (a: number, b: number) => string> = {
  '+': (a, b) => floatText(a + b),
  '-': (a, b) => floatText(a - b),
  '*': (a, b) => floatText(a * b),
  '/': (a, b) => (b === 0 ? 'Error: Division by zero' : floatText(a / b))
}

/** Studio's `calculator`: the four operations on floats, with Python's way of writing them. */
export const calculator: BuiltIn = {
  name: 'calculator',
  description: 'Adds, subtracts, multiplies or divides two numbers.',
  parameters: argumentsOf({ a: { type: 'number' }, b: { type: 'number' }, operator: { type: 'string' } }),
  run({ a, b, operator }) {
    const operation = Object.hasOwn(operations, String(operator)) ? operations[String(operator)] : undefined
    return operation?.(Number(a), Number(b)) ?? 'Error: Invalid operator. Please use +, -, *, or /'
  }
}
