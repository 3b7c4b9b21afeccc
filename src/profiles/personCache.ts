import type { IdentityGraph } from './identityGraph.ts'
import type { Person } from './person.ts'
import type { RowArena } from './rowArena.ts'

/** JavaScript memory of a person beside the row: object and index entries (measured: 360 with two identifiers). */
const SHELL_BYTES = 400
/** Persons that keep what was read on top of their rows; a 200-event history takes 18 KB when read. */
const READ_KEPT = 1_024
/** Part of the memory that may be filled with persons whom nobody has asked for. */
const UNASKED_SHARE = 7 / 8

/**
 * The persons in memory, evicted by the clock algorithm (second chance), which costs one flag a use
 * and touches no neighbours. A person that is dirty, being written or pinned stays, whatever the limit.
 */
export class PersonCache {
  readonly #byPid = new Map<string, Person>()
  readonly #slots: (Person | undefined)[] = []
  readonly #freeSlots: number[] = []
  readonly #read: (Person | undefined)[] = []
  readonly #graph: IdentityGraph
  readonly #arena: RowArena
  readonly #limit: number
  #hand = 0
  #readHand = 0

  constructor(graph: IdentityGraph, arena: RowArena, limit: number) {
    this.#graph = graph
    this.#arena = arena
    this.#limit = limit
  }

  get size(): number {
    return this.#byPid.size
  }

  /** Estimated memory, bytes. */
  get bytes(): number {
    return this.#byPid.size * SHELL_BYTES + this.#arena.used
  }

  /** Whether somebody can come in whom nobody has asked for, without pushing anyone out. */
  get hasRoom(): boolean {
    return this.bytes < this.#limit * UNASKED_SHARE
  }

  get(pid: string): Person | undefined {
    return this.#byPid.get(pid)
  }

  add(person: Person): void {
    this.#byPid.set(person.pid, person)
    person.slot = this.#freeSlots.pop() ?? this.#slots.length
    this.#slots[person.slot] = person
  }

  /** Takes a person out for good; the index of identifiers is the caller's business. */
  remove(person: Person): void {
    this.#byPid.delete(person.pid)
    this.#slots[person.slot] = undefined
    this.#freeSlots.push(person.slot)
    person.release()
  }

  /** Marks a person as just used; what is read from it may stay until 1,024 others were used so. */
  useForReading(person: Person): void {
    person.used = true
    if (person.isRead) return
    this.#read[this.#readHand]?.fold()
    this.#read[this.#readHand] = person
    this.#readHand = (this.#readHand + 1) % READ_KEPT
  }

  /** Evicts down to the limit; `isFree` says which persons may go. */
  shrink(isFree: (person: Person) => boolean, evicted: (person: Person) => void): void {
    let steps = this.#slots.length * 2
    while (this.bytes > this.#limit && steps-- > 0) {
      const person = this.#slots[this.#hand]
      this.#hand = (this.#hand + 1) % this.#slots.length
      if (person === undefined) continue
      if (person.used) person.used = false
      else if (isFree(person)) {
        evicted(person)
        for (const identifier of person.identifiers) this.#graph.delete(identifier)
        this.remove(person)
      }
    }
  }
}
