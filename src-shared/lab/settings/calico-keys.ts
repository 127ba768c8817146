export const OTHER_IP_POOL_KEYS = ['allowedUses', 'namespaceSelector', 'ipip', 'nat-outgoing'] as const
export const OTHER_FELIX_KEYS = ['mtuIfacePattern'] as const
export const OTHER_BGP_CONFIGURATION_KEYS = ['serviceClusterIPs'] as const
export const OTHER_BGP_PEER_KEYS = ['peerIP', 'asNumber'] as const
