/** A panel of the dock under the centre. */
export type DockTab = 'problems' | 'traffic' | 'faults' | 'policies' | 'runs'
