import { IdentityGraph } from './identityGraph.ts'
import type { Person } from './person.ts'

/**
 * Memory that a person takes: objects, index entries and the row (measured on 20-event profiles), and
 * several times the row more while its sections are read.
 */
const SHELL_BYTES = 900
const READ_FACTOR = 7

/**
 * The persons in memory, least recently used first out. A person that is dirty, being written or
 * pinned stays whatever the limit says.
 */
export class PersonCache {
  readonly #byPid = new Map<string, Person>()
  readonly #graph: IdentityGraph
  readonly #limit: number
  #oldest: Person | undefined
  #newest: Person | undefined
  #bytes = 0

  constructor(graph: IdentityGraph, limit: number) {
    this.#graph = graph
    this.#limit = limit
  }

  get size(): number {
    return this.#byPid.size
  }

  /** Estimated memory, bytes. */
  get bytes(): number {
    return this.#bytes
  }

  get(pid: string): Person | undefined {
    return this.#byPid.get(pid)
  }

  add(person: Person): void {
    this.#byPid.set(person.pid, person)
    for (const identifier of person.identifiers) this.#graph.set(identifier, person)
    this.#link(person)
    this.measure(person)
  }

  /** Takes a person out for good; its identifiers are the caller's business. */
  remove(person: Person): void {
    this.#byPid.delete(person.pid)
    this.#unlink(person)
    this.#bytes -= person.bytes
    person.bytes = 0
  }

  /** Marks a person as just used. */
  use(person: Person): void {
    if (this.#newest === person) return
    this.#unlink(person)
    this.#link(person)
  }

  /** Updates the estimate after a person was read, changed or written. */
  measure(person: Person): void {
    const row = person.stored?.row.length ?? 0
    const bytes = SHELL_BYTES + (row === 0 ? 600 : row) * (person.folded ? 1 : READ_FACTOR)
    this.#bytes += bytes - person.bytes
    person.bytes = bytes
  }

  /** Evicts down to the limit; `isFree` says which persons may go. */
  shrink(isFree: (person: Person) => boolean, evicted: (person: Person) => void): void {
    let person = this.#oldest
    while (person !== undefined && this.#bytes > this.#limit) {
      const next = person.newer
      if (isFree(person)) {
        this.remove(person)
        for (const identifier of person.identifiers) this.#graph.delete(identifier)
        evicted(person)
      }
      person = next
    }
  }

  #link(person: Person): void {
    person.older = this.#newest
    person.newer = undefined
    if (this.#newest === undefined) this.#oldest = person
    else this.#newest.newer = person
    this.#newest = person
  }

  #unlink(person: Person): void {
    if (person.older === undefined) this.#oldest = person.newer
    else person.older.newer = person.newer
    if (person.newer === undefined) this.#newest = person.older
    else person.newer.older = person.older
    person.older = undefined
    person.newer = undefined
  }
}
