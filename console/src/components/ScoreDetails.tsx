import { Button, Popover } from '@mantine/core'
import { useState } from 'react'
import type { DecidedItem } from '../api/decision.ts'
import classes from './ScoreDetails.module.css'
import { ScoreParts } from './ScoreParts.tsx'

interface Props {
  readonly decided: DecidedItem
  readonly title: string
  readonly position: number
}

/** A button that shows what the item's score is made of. */
export function ScoreDetails({ decided, title, position }: Props) {
  const [opened, setOpened] = useState(false)
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={272}
      position="bottom"
      // Above the button it would cover the item that it explains.
      middlewares={{ flip: false, shift: true }}
      shadow="md"
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          className={classes.why ?? ''}
          aria-label={`Why ${title}?`}
          onClick={() => setOpened((now) => !now)}
        >
          Why?
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Why ${title}`}>
        <ScoreParts decided={decided} position={position} />
      </Popover.Dropdown>
    </Popover>
  )
}
