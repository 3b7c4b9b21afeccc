import { Counter, Gauge, Registry } from 'prom-client'
import { RouteSeconds, RouteTally } from './routeTally.ts'
import type { Tenants } from './tenants.ts'

/** Counts one route's answers. */
export interface RouteMeter {
  /** @param startedAt performance.now() at arrival */
  done(status: number, startedAt: number): void
}

/** What operators scrape from /metrics. Labels are routes and workspaces, never anything of a person. */
export class Metrics {
  readonly registry = new Registry()
  readonly #tallies = new Map<string, RouteTally>()
  readonly #accepted: Counter<'workspace'>
  readonly #rejected: Counter<'workspace'>
  readonly #refused: Counter<'workspace'>
  readonly #decisions = new Map<string, number>()

  constructor(tenants: Tenants) {
    const registers = [this.registry]
    const workspace = ['workspace'] as const
    addRequestCounter(registers, () => this.#tallies.values())
    this.registry.registerMetric(new RouteSeconds(() => this.#tallies.values()))
    const count = (name: string, help: string): Counter<'workspace'> =>
      new Counter({ name, help, labelNames: workspace, registers })
    this.#accepted = count('attune_events_accepted_total', 'Events acknowledged')
    this.#rejected = count('attune_events_rejected_total', 'Events kept as dead letters')
    this.#refused = count('attune_events_refused_total', 'Events that consent did not allow')
    this.#addDecisionCounter(registers)
    addEngineGauges(registers, tenants)
    addProcessGauges(registers)
  }

  /** The meter of one route; ask for it once, at registration. */
  route(route: string): RouteMeter {
    let tally = this.#tallies.get(route)
    if (tally === undefined) this.#tallies.set(route, (tally = new RouteTally(route)))
    return tally
  }

  collected(workspace: string, accepted: number, rejected: number, refused: number): void {
    if (accepted > 0) this.#accepted.labels(workspace).inc(accepted)
    if (rejected > 0) this.#rejected.labels(workspace).inc(rejected)
    if (refused > 0) this.#refused.labels(workspace).inc(refused)
  }

  decided(workspace: string): void {
    this.#decisions.set(workspace, (this.#decisions.get(workspace) ?? 0) + 1)
  }

  #addDecisionCounter(registers: Registry[]): void {
    const decisions: Counter<'workspace'> = new Counter({
      name: 'attune_decisions_total',
      help: 'Decisions answered',
      labelNames: ['workspace'],
      registers,
      collect: () => {
        for (const [workspace, more] of this.#decisions) decisions.labels(workspace).inc(more)
        this.#decisions.clear()
      },
    })
  }
}

function addRequestCounter(registers: Registry[], tallies: () => Iterable<RouteTally>): void {
  const requests: Counter<'route' | 'status'> = new Counter({
    name: 'attune_http_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'status'],
    registers,
    collect: () => {
      for (const tally of tallies()) {
        for (const [status, more] of tally.takeAnswers()) {
          requests.labels(tally.route, String(status)).inc(more)
        }
      }
    },
  })
}

function addEngineGauges(registers: Registry[], tenants: Tenants): void {
  const read = {
    attune_lag_entries: ['Log entries not yet applied to profiles', 'lagEntries'],
    attune_pending_bytes: ['Bytes waiting for the disk', 'pendingBytes'],
    attune_applied_offset: ['Offset of the newest applied log entry', 'applied'],
  } as const
  for (const [name, [help, field]] of Object.entries(read)) {
    const gauge: Gauge<'workspace'> = new Gauge({
      name,
      help,
      labelNames: ['workspace'],
      registers,
      collect: () => {
        for (const { engine } of tenants.all) {
          gauge.labels(engine.name).set(engine.gauges()[field])
        }
      },
    })
  }
}

function addProcessGauges(registers: Registry[]): void {
  const memory: Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process',
    registers,
    collect: () => memory.set(process.memoryUsage.rss()),
  })
  const heap: Gauge = new Gauge({
    name: 'nodejs_heap_used_bytes',
    help: 'Heap in use by JavaScript',
    registers,
    collect: () => heap.set(process.memoryUsage().heapUsed),
  })
  const cpu: Gauge = new Gauge({
    name: 'process_cpu_seconds',
    help: 'Processor time used by the process since it started',
    registers,
    collect: () => cpu.set(processorSeconds()),
  })
  const up: Gauge = new Gauge({
    name: 'attune_uptime_seconds',
    help: 'Time since the process started',
    registers,
    collect: () => up.set(process.uptime()),
  })
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
