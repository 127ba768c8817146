import type { StageGroup } from '#shared/plan/index'

/** The colours of everything in a chart that is not data. They are the window's tokens (`ui/theme/tokens.css`). */
export interface ChartTheme {
  readonly name: 'light' | 'dark'
  readonly surface: string
  readonly text: string
  readonly textMuted: string
  readonly textFaint: string
  readonly axis: string
  readonly grid: string
  /** What breaks during a run. */
  readonly fault: string
  /** Part of a run that is not measured. */
  readonly shade: string
  /** Groups of stages, in stacks. */
  readonly stageGroups: Readonly<Record<StageGroup, string>>
}

/** The first family is the window's own; files opened elsewhere fall back to the system's. */
export const chartFont = "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"

/** For the light window, printing and reports. */
export const lightChartTheme: ChartTheme = {
  name: 'light',
  surface: '#ffffff',
  text: '#181b22',
  textMuted: '#4d5563',
  textFaint: '#666e7c',
  axis: '#c8ced8',
  grid: '#eceef2',
  fault: '#ad2a66',
  shade: '#f3f4f7',
  stageGroups: {
    application: '#8a94a6',
    socket: '#5b7fb5',
    veth: '#b9a7d6',
    netfilter: '#d9724b',
    routing: '#e3b23c',
    ebpf: '#3f9c8f',
    encapsulation: '#a6478c',
    device: '#4f5a6d',
  },
}

/** For the dark window. */
export const darkChartTheme: ChartTheme = {
  name: 'dark',
  surface: '#191d23',
  text: '#e9ecf1',
  textMuted: '#b0b8c4',
  textFaint: '#8e97a6',
  axis: '#3d4653',
  grid: '#262c35',
  fault: '#f08ab8',
  shade: '#1f242b',
  stageGroups: {
    application: '#8a94a6',
    socket: '#6d95d1',
    veth: '#b9a7d6',
    netfilter: '#e08058',
    routing: '#e3b23c',
    ebpf: '#47ab9d',
    encapsulation: '#c062a5',
    device: '#66738a',
  },
}

/** What groups of stages are called in legends. */
export const stageGroupLabels: Readonly<Record<StageGroup, string>> = {
  application: 'Application',
  socket: 'Socket',
  veth: 'Virtual devices',
  netfilter: 'Netfilter',
  routing: 'Routing',
  ebpf: 'eBPF',
  encapsulation: 'Encapsulation',
  device: 'Device',
}
