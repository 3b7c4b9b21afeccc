import type { Questions, Recommender, TrainingData } from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'
import { type ScoreOptions, scoreQuestions, type Scores } from './scores.ts'

/** What is asked: under `transactions` all items or only those new to the customer; elsewhere always `all`. */
export type Task = 'all' | 'new'
export const TASKS: readonly Task[] = ['all', 'new']

export interface TaskQuestions {
  readonly task: Task
  readonly questions: Questions
}

/** A cut inside training data: fit on `data`, ask the questions. */
export interface Cut {
  readonly data: TrainingData
  readonly tasks: readonly TaskQuestions[]
  /** The same again inside `data`, which hides what came before: more questions for those who learn from them. */
  readonly again: () => Cut
}

/** All that choosing a model or its parameters may see. There is no way from here to the test part. */
export interface TrainingPart {
  readonly data: TrainingData
  readonly tasks: readonly Task[]
  /**
   * Hides a part of the training data, as much like the test as the protocol allows.
   * @param questions about how many to ask at most; absent: enough to choose by
   */
  cut(seed: number, questions?: number): Cut
}

export interface FittedTask {
  readonly task: Task
  readonly recommender: Recommender
}

/**
 * The test part of a data set. It can be opened once, with recommenders that are already fitted, and gives only their
 * scores: so nothing that is chosen or fitted can have seen it.
 */
export class SealedTest {
  #read: (() => Promise<readonly TaskQuestions[]>) | undefined

  constructor(read: () => Promise<readonly TaskQuestions[]>) {
    this.#read = read
  }

  /**
   * Scores of each fitted recommender, in their order.
   * @throws TRAINING_TEST_OPENED the second time, TRAINING_NO_TEST_PEOPLE, and what reading a table throws
   */
  async open(fitted: readonly FittedTask[], options: ScoreOptions): Promise<readonly Scores[]> {
    const read = this.#read
    if (read === undefined) throw trainingErrors.TRAINING_TEST_OPENED()
    this.#read = undefined
    const tasks = await read()
    return fitted.map(({ task, recommender }) => {
      const questions = tasks.find((known) => known.task === task)?.questions
      if (questions === undefined || questions.count === 0) {
        throw trainingErrors.TRAINING_NO_TEST_PEOPLE()
      }
      return scoreQuestions(recommender, questions, options)
    })
  }
}
