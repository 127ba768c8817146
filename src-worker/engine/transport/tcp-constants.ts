/** Constants of TCP as Linux has them. Times in nanoseconds. */

/** include/net/tcp.h, TCP_INIT_CWND (RFC 6928), segments. */
export const INITIAL_WINDOW = 10
/** include/net/tcp.h, TCP_TIMEOUT_INIT (RFC 6298, section 2.1). */
export const INITIAL_RTO_NS = 1_000_000_000
/** include/net/tcp.h, TCP_RTO_MIN: least wait of a window probe; and of a timeout, where a route has no rto_min of its own. */
export const MIN_RTO_NS = 200_000_000
/** include/net/tcp.h, TCP_RTO_MAX. */
export const MAX_RTO_NS = 120_000_000_000
/** include/net/tcp.h, TCP_TIMEOUT_MIN_US: least wait of a loss probe and of the reordering timer. */
export const MIN_TIMEOUT_NS = 2_000_000
/** include/net/tcp.h, TCP_ATO_MIN and TCP_DELACK_MAX: least and longest delay of an acknowledgement. */
export const MIN_ACK_DELAY_NS = 40_000_000
export const MAX_ACK_DELAY_NS = 200_000_000
/** include/net/tcp.h, TCP_MAX_QUICKACKS: acknowledgements sent at once while a connection starts. */
export const MAX_QUICK_ACKS = 16
/** include/net/tcp.h, TCP_TS_HZ: the clock of timestamps ticks in milliseconds. */
export const TIMESTAMP_TICK_NS = 1_000_000
/** net/ipv4/tcp_ipv4.c, tcp_reordering and tcp_max_reordering: degree of reordering at first and at most, segments. */
export const REORDERING = 3
export const MAX_REORDERING = 300
/** net/ipv4/tcp_recovery.c: most quarters of the round trip, and recoveries for which a grown window is kept. */
export const REORDER_WINDOW_STEPS = 255
export const REORDER_WINDOW_PERSISTENCE = 16
/** net/ipv4/tcp_output.c, sysctl_tcp_limit_output_bytes (1 MiB since 4.20): most that a socket keeps below itself. */
export const OUTPUT_LIMIT_BYTES = 1 << 20
/** net/core/sock.c, sk_pacing_shift: bytes below the socket are limited to pacing rate / 2^10, about a millisecond's worth. */
export const PACING_SHIFT = 10
/** net/ipv4/tcp_output.c, sysctl_tcp_tso_rtt_log: trains may be larger by gso_max >> (min RTT in µs >> 9). */
export const TSO_RTT_SHIFT = 9
/** net/ipv4/tcp_output.c, sysctl_tcp_tso_win_divisor: the share of the window that is worth sending at once. */
export const TSO_WINDOW_DIVISOR = 3
/** net/ipv4/tcp_ipv4.c, tcp_min_tso_segs. */
export const MIN_TRAIN_SEGMENTS = 2
/** include/linux/netdevice.h, GSO_LEGACY_MAX_SIZE: bytes of a full-sized train in the kernel's accounts. */
export const GSO_MAX_BYTES = 65_536
/** net/ipv4/tcp_input.c, sysctl_tcp_pacing_ss_ratio and tcp_pacing_ca_ratio. */
export const PACING_RATIO = { slowStart: 2, avoidance: 1.2 } as const
/** net/ipv4/tcp_timer.c, tcp_retries2: timeouts in a row after which a connection is given up. */
export const MAX_TIMEOUTS = 15
/** net/ipv4/tcp_ipv4.c, tcp_syn_retries: a SYN is sent this many times again. */
export const MAX_SYN_TIMEOUTS = 6
/** net/ipv4/tcp_ipv4.c, tcp_synack_retries: and a server's answer to it this many times. */
export const MAX_SYN_ACK_TIMEOUTS = 5
