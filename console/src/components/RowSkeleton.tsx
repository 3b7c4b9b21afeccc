import { Skeleton } from '@mantine/core'
import classes from './RowSkeleton.module.css'

interface Props {
  readonly rows: number
  /** The server did not answer so far. */
  readonly retrying: boolean
}

/** Stands where the rows will be. */
export function RowSkeleton({ rows, retrying }: Props) {
  return (
    <div>
      <p role="status" className={classes.words}>
        {retrying ? 'Server not reachable. Retrying…' : 'Asking for a decision…'}
      </p>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} aria-hidden="true" className={classes.row}>
          <Skeleton height={18} width={140} radius="sm" />
          <div className={classes.cards}>
            {Array.from({ length: 6 }, (_card, card) => (
              <Skeleton
                key={card}
                height={252}
                width={164}
                radius="md"
                className={classes.card ?? ''}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}
