import { expect, test } from 'vitest'
import { DAY, HOUR } from '../base/index.ts'
import { type ScheduleParts, TrainingSchedule } from './trainingSchedule.ts'

function scheduled(everyMs = DAY) {
  const world = { now: 100 * DAY, observed: 0, idle: true, trainings: 0 }
  const parts: ScheduleParts = {
    everyMs,
    now: () => world.now,
    observed: () => world.observed,
    idle: () => world.idle,
    train: () => world.trainings++,
  }
  const schedule = new TrainingSchedule(parts)
  return { world, schedule }
}

test('trains when there is enough for the first time, and then by growth or age', () => {
  const { world, schedule } = scheduled()
  schedule.begin(undefined)
  expect(schedule.check()).toBe(false)
  world.observed = 10_000
  expect(schedule.check()).toBe(true)
  schedule.began()
  world.now += 2 * HOUR
  world.observed += 1_900
  expect(schedule.check()).toBe(false)
  world.observed += 100
  expect(schedule.check()).toBe(true)
  schedule.began()
  world.observed += 300
  world.now += DAY - 1
  expect(schedule.check()).toBe(false)
  world.now += 1
  expect(schedule.check()).toBe(true)
  schedule.began()
  world.now += 9 * DAY
  expect(schedule.check()).toBe(false)
  schedule.stop()
})

test('waits until nothing else is to do, and spares quick growth', () => {
  const { world, schedule } = scheduled()
  schedule.begin({ createdAt: world.now - 10 * 60_000, observed: 1_000 })
  world.observed = 5_000
  expect(schedule.check()).toBe(false)
  world.now += HOUR
  world.idle = false
  expect(schedule.check()).toBe(false)
  world.idle = true
  expect(schedule.check()).toBe(true)
  schedule.stop()
})

test('never when told so, and survives a training under way', () => {
  const { world, schedule } = scheduled(0)
  schedule.begin(undefined)
  schedule.stop()
  const busy = new TrainingSchedule({
    everyMs: DAY,
    now: () => world.now,
    observed: () => 1_000,
    idle: () => true,
    train: () => {
      throw new Error('busy')
    },
  })
  expect(busy.check()).toBe(false)
})
