import { Loader } from '@mantine/core'
import { Brand } from './Brand.tsx'
import classes from './WholePage.module.css'

interface Props {
  /** The server did not answer so far; it is asked again by itself. */
  readonly unreachable?: boolean
  /** Why the page cannot be shown. */
  readonly failure?: string
}

/** What stands on the page before there is anything to show. */
export function WholePage({ unreachable = false, failure }: Props) {
  return (
    <main className={classes.page}>
      <Brand />
      {failure === undefined && <Loader size="sm" aria-hidden="true" />}
      <p role="status" className={classes.words}>
        {failure ?? (unreachable ? 'Server not reachable. Retrying…' : 'Connecting to Attune…')}
      </p>
    </main>
  )
}
