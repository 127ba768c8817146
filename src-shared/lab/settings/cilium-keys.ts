export const OTHER_CILIUM_KEYS = ['hubble'] as const
