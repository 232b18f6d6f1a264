import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** Deep teal: 4.5 to 1 and more on white from the seventh shade on. */
const teal: MantineColorsTuple = [
  '#e8f7f5',
  '#cfeeea',
  '#a3ded6',
  '#72cbc0',
  '#45b5a8',
  '#239c8f',
  '#128377',
  '#0b6b62',
  '#07554e',
  '#043f3a',
]

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  colors: { brand: teal },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "JetBrains Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.625rem', lineHeight: '1.25' } } },
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
  },
})

const hues = ['brand', 'red', 'green', 'yellow', 'orange', 'blue', 'violet', 'gray', 'grape'] as const

/** Mantine's quiet texts miss the 4.5 to 1 that WCAG 2.2 asks for (success criterion 1.4.3); these keep it. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...filledRed,
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5a6570',
    '--mantine-color-placeholder': '#6b7580',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--cartly-ground': '#f6f8f8',
    '--mantine-color-anchor': 'var(--mantine-color-brand-7)',
    ...Object.fromEntries(
      hues.flatMap((hue) => [
        [`--mantine-color-${hue}-light`, `var(--mantine-color-${hue}-${hue === 'gray' ? 1 : 0})`],
        [`--mantine-color-${hue}-light-color`, ink[hue] ?? `var(--mantine-color-${hue}-9)`],
        [`--mantine-color-${hue}-text`, ink[hue] ?? `var(--mantine-color-${hue}-9)`],
      ]),
    ),
  },
  dark: {
    ...filledRed,
    '--mantine-color-dimmed': '#a6adb4',
    '--mantine-color-placeholder': '#9aa2aa',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--cartly-ground': 'var(--mantine-color-dark-8)',
    '--mantine-color-anchor': 'var(--mantine-color-brand-3)',
    ...Object.fromEntries(
      hues.flatMap((hue) => [
        [
          `--mantine-color-${hue}-light`,
          `color-mix(in srgb, var(--mantine-color-${hue}-7) 22%, var(--mantine-color-dark-7))`,
        ],
        [`--mantine-color-${hue}-light-color`, `var(--mantine-color-${hue}-2)`],
        [`--mantine-color-${hue}-text`, `var(--mantine-color-${hue}-3)`],
      ]),
    ),
  },
})

/** White stands on it. */
const filledRed = {
  '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
  '--mantine-color-red-filled-hover': '#b02525',
}

/** Where the ninth shade is still too light on the first. */
const ink: Partial<Record<(typeof hues)[number], string>> = {
  yellow: '#7a4d00',
  orange: '#963a00',
  green: '#1c6b2c',
  gray: '#3d464e',
  brand: '#07554e',
}
