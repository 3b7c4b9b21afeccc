import { SegmentedControl } from '@mantine/core'
import classes from './PaneSwitch.module.css'

/** Which half of the page a narrow screen shows. */
export type Pane = 'shop' | 'engine'

interface Props {
  readonly pane: Pane
  readonly onChange: (pane: Pane) => void
}

const CHOICES: { value: Pane; label: string }[] = [
  { value: 'shop', label: 'Shop' },
  { value: 'engine', label: 'Inside the engine' },
]

/** Where the two halves do not fit side by side, one of them is chosen at the foot of the screen. */
export function PaneSwitch({ pane, onChange }: Props) {
  return (
    <div className={classes.foot}>
      <SegmentedControl<Pane>
        aria-label="What to show"
        className={classes.switch ?? ''}
        data={CHOICES}
        value={pane}
        onChange={onChange}
      />
    </div>
  )
}
