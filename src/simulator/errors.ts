import { defineErrors } from '../base/index.ts'

export const simulatorErrors = defineErrors({
  SIMULATOR_WRONG_OPTION: {
    status: 400,
    meaning: 'An option of the simulated world is out of its range.',
    remedy: 'Use a whole seed, 1 to 200,000 people, 40 to 100,000 items and 1 to 3,660 days.',
  },
  SIMULATOR_UNKNOWN_SUBJECT: {
    status: 404,
    meaning: 'The simulated world has no such person or item.',
    remedy: 'Take user ids from world.people and item ids from world.catalogue().',
  },
})
