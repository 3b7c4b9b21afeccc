import type { StateStore } from '../store/index.ts'
import { appErrors } from './errors.ts'
import { PROJECTOR } from './projector.ts'

/**
 * Number of the form in which projections are stored (rows of every kind, journal and snapshot). Raise it with any
 * change that an older or newer version would misread: a workspace of another form is rebuilt from its log.
 */
export const STATE_FORMAT = 3

const KIND = 'meta'
const ID = 'format'

/**
 * Marks an empty state with the present format.
 * @throws APP_OTHER_FORMAT when the state was written in another one
 */
export async function checkStateFormat(state: StateStore): Promise<void> {
  const stored = await state.get(KIND, ID)
  const format = stored === undefined ? undefined : new TextDecoder().decode(stored)
  if (format === String(STATE_FORMAT)) return
  if (format !== undefined || (await state.offset(PROJECTOR)) > 0) {
    throw appErrors.APP_OTHER_FORMAT(
      `the stored state has format ${format ?? 0}, this version reads format ${STATE_FORMAT}`,
    )
  }
  const value = new TextEncoder().encode(String(STATE_FORMAT))
  await state.commit({ puts: [{ kind: KIND, id: ID, value }] })
}
