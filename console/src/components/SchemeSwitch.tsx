import { ActionIcon, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { Icon, type IconName } from './Icon.tsx'

const NEXT: Record<MantineColorScheme, MantineColorScheme> = {
  auto: 'light',
  light: 'dark',
  dark: 'auto',
}
const ICONS: Record<MantineColorScheme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' }
const WORDS: Record<MantineColorScheme, string> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
}

/** Goes round: as the system, light, dark. */
export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const next = NEXT[colorScheme]
  const label = `Colours: ${WORDS[colorScheme]}. Change to ${WORDS[next]}`
  return (
    <ActionIcon
      size={30}
      variant="default"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(next)}
    >
      <Icon name={ICONS[colorScheme]} size={16} />
    </ActionIcon>
  )
}
