import { isJsonObject } from '../base/index.ts'
import { suggestion } from './closest.ts'
import {
  type ConditionPath,
  type ConditionScope,
  itemReader,
  parsePath,
  scopeValue,
  type Value,
} from './conditionPath.ts'
import { decisionErrors } from './errors.ts'

const MAX_DEPTH = 8
const OPERATORS = ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$exists'] as const
type Operator = (typeof OPERATORS)[number]
const JOINERS = ['$and', '$or', '$not']

/** A test of one item, ready to be asked for many items of one decision. */
export interface ItemTest {
  accepts(n: number): boolean
  /** References without a value for this person and context: their comparisons accept nothing. */
  readonly missing: readonly string[]
}

/** A compiled condition. */
export interface Filter {
  /** Looks up everything that does not depend on the item. Cost: about 0.3 µs a comparison. */
  bind(scope: ConditionScope): ItemTest
}

type Accept = (n: number) => boolean
/** `missing` collects references without a value. */
type Node = (scope: ConditionScope, missing: string[]) => Accept | boolean

/** The right side of a comparison: a constant, or another value with something to use instead of nothing. */
type Operand =
  | { readonly constant: Value }
  | { readonly ref: ConditionPath; readonly otherwise: Value }

/**
 * Compiles a condition in the style of MongoDB's queries:
 * `{ "item.price": { "$lt": { "$ref": "person.traits.budget", "$else": 50 } }, "item.brand": "Acme" }`.
 * Left: a path of item, person or context. Right: a value, or $eq $ne $gt $gte $lt $lte $in $nin
 * $exists; values may be `{ "$ref": path }`. `$and`, `$or`, `$not` join conditions. A list matches when any of its
 * elements does. A reference without a value and without `$else` accepts nothing, since letting
 * everything pass would be the worse mistake for a budget or an age limit.
 *
 * @param where place of the condition in its document, for messages
 * @throws DECISIONS_INVALID_CONDITION naming the place and the nearest known word
 */
export function compileFilter(condition: unknown, where: string): Filter {
  const node = compile(condition, where, 0)
  return {
    bind(scope) {
      const missing: string[] = []
      const accept = node(scope, missing)
      return { accepts: typeof accept === 'boolean' ? () => accept : accept, missing }
    },
  }
}

function compile(condition: unknown, where: string, depth: number): Node {
  if (depth > MAX_DEPTH) throw invalid(where, `nested deeper than ${MAX_DEPTH} levels.`)
  if (!isJsonObject(condition)) throw invalid(where, 'must be an object of comparisons.')
  const parts = Object.entries(condition).map(([key, test]) => {
    const place = `${where}.${key}`
    if (!key.startsWith('$')) return compileTests(parsePath(key, where), test, place)
    if (key === '$not') return not(compile(test, place, depth + 1))
    if (key !== '$and' && key !== '$or') {
      throw invalid(where, `"${key}" is not known.${suggestion(key, JOINERS)}`)
    }
    if (!Array.isArray(test) || test.length === 0) throw invalid(place, 'must be a list.')
    const members = test.map((part, k) => compile(part, `${place}.${k}`, depth + 1))
    return key === '$and' ? every(members) : some(members)
  })
  return every(parts)
}

function compileTests(path: ConditionPath, test: unknown, where: string): Node {
  if (!isJsonObject(test) || '$ref' in test) return comparison(path, '$eq', operandOf(test, where))
  const tests = Object.entries(test)
  if (tests.length === 0) throw invalid(where, 'has no operator.')
  return every(
    tests.map(([name, operand]) => {
      if (!isOperator(name)) {
        throw invalid(where, `"${name}" is not an operator.${suggestion(name, OPERATORS)}`)
      }
      return comparison(path, name, checkedOperand(name, operand, `${where}.${name}`))
    }),
  )
}

function isOperator(name: string): name is Operator {
  return (OPERATORS as readonly string[]).includes(name)
}

function checkedOperand(operator: Operator, raw: unknown, where: string): Operand {
  const list = operator === '$in' || operator === '$nin'
  if (list && Array.isArray(raw))
    return { constant: raw.map((element) => scalar(element, where)) as string[] }
  const operand = operandOf(raw, where)
  if (list && 'constant' in operand) throw invalid(where, 'must be a list or a $ref.')
  if (operator === '$exists' && typeof raw !== 'boolean')
    throw invalid(where, 'must be true or false.')
  return operand
}

function operandOf(raw: unknown, where: string): Operand {
  if (!isJsonObject(raw)) return { constant: scalar(raw, where) }
  const { $ref: ref, $else: otherwise, ...rest } = raw
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw invalid(where, `"${unknown}" is not known beside $ref and $else.`)
  if (typeof ref !== 'string') throw invalid(where, '$ref must be a path.')
  return {
    ref: parsePath(ref, where),
    otherwise: otherwise === undefined ? undefined : scalar(otherwise, `${where}.$else`),
  }
}

function scalar(raw: unknown, where: string): string | number | boolean {
  if (typeof raw === 'string' || typeof raw === 'boolean') return raw
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw
  throw invalid(where, 'must be a text, a number, true or false.')
}

function comparison(path: ConditionPath, operator: Operator, operand: Operand): Node {
  const compare = COMPARISONS[operator]
  return (scope, missing) => {
    const right = bindOperand(operand, scope, missing)
    if (right === undefined) return false
    if (path.root !== 'item' && typeof right !== 'function') {
      return compare(scopeValue(path, scope), right)
    }
    const left =
      path.root === 'item' ? itemReader(path, scope) : constantly(scopeValue(path, scope))
    if (typeof right !== 'function') return (n) => compare(left(n), right)
    return (n) => {
      const value = right(n)
      return value !== undefined && compare(left(n), value)
    }
  }
}

function constantly(value: Value): () => Value {
  return () => value
}

function bindOperand(
  operand: Operand,
  scope: ConditionScope,
  missing: string[],
): Exclude<Value, undefined> | ((n: number) => Value) | undefined {
  if ('constant' in operand) return operand.constant
  const { ref, otherwise } = operand
  if (ref.root === 'item') {
    const read = itemReader(ref, scope)
    return (n) => read(n) ?? otherwise
  }
  const value = scopeValue(ref, scope) ?? otherwise
  if (value === undefined) missing.push(ref.text)
  return value
}

function matches(left: Value, right: Value): boolean {
  if (typeof left === 'object') {
    return left.some(
      (element) => element === right || (typeof right === 'object' && right.includes(element)),
    )
  }
  if (typeof right === 'object') return (right as readonly Value[]).includes(left)
  return left === right
}

function ordered(
  left: Value,
  right: Value,
  holds: (a: number | string, b: number | string) => boolean,
): boolean {
  const comparable =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string')
  return comparable && holds(left, right)
}

const COMPARISONS: Readonly<Record<Operator, (left: Value, right: Value) => boolean>> = {
  $eq: matches,
  $ne: (left, right) => !matches(left, right),
  $gt: (left, right) => ordered(left, right, (a, b) => a > b),
  $gte: (left, right) => ordered(left, right, (a, b) => a >= b),
  $lt: (left, right) => ordered(left, right, (a, b) => a < b),
  $lte: (left, right) => ordered(left, right, (a, b) => a <= b),
  $in: matches,
  $nin: (left, right) => !matches(left, right),
  $exists: (left, right) => (left !== undefined) === right,
}

function every(nodes: readonly Node[]): Node {
  return (scope, missing) => {
    const accepts: Accept[] = []
    let refused = false
    for (const node of nodes) {
      const accept = node(scope, missing)
      if (accept === false) refused = true
      else if (accept !== true) accepts.push(accept)
    }
    if (refused) return false
    const [first, ...others] = accepts
    if (first === undefined) return true
    return others.length === 0 ? first : (n) => accepts.every((accept) => accept(n))
  }
}

function some(nodes: readonly Node[]): Node {
  return (scope, missing) => {
    const bound = nodes.map((node) => node(scope, missing))
    if (bound.includes(true)) return true
    const accepts = bound.filter((accept) => typeof accept === 'function')
    return accepts.length === 0 ? false : (n) => accepts.some((accept) => accept(n))
  }
}

function not(node: Node): Node {
  return (scope, missing) => {
    const accept = node(scope, missing)
    return typeof accept === 'boolean' ? !accept : (n) => !accept(n)
  }
}

function invalid(where: string, what: string): Error {
  return decisionErrors.DECISIONS_INVALID_CONDITION(`${where}: ${what}`)
}
