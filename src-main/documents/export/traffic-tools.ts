import { isDistribution, type Traffic } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

import type { LabExport } from './lab-export'

/** An image with iperf3, Fortio, socat and ping (github.com/nicolaka/netshoot). */
export const TOOLS_IMAGE = 'nicolaka/netshoot:v0.13'

/** What answers on a port: a program serves some kinds of traffic only. */
export type Server = 'iperf3' | 'http' | 'tcp-echo' | 'udp-echo' | 'sctp-echo'

/**
 * Who answers each kind of traffic. Requests are Fortio's, not netperf's: netperf needs a second port beside the one asked,
 * which neither services nor policies let through.
 */
export const SERVERS: Readonly<Record<Exclude<Traffic['kind'], 'icmp'>, Server>> = {
  'tcp-stream': 'iperf3', 'udp-stream': 'iperf3', 'tcp-rr': 'tcp-echo', 'tcp-crr': 'http', 'udp-rr': 'udp-echo', http: 'http',
}

/** The command of a server on a port. */
export function serverCommand(server: Server, port: number): string[] {
  // Everything else that Fortio serves is turned off.
  const fortio = (...own: readonly string[]): string[] => {
    const others = ['http-port', 'tcp-port', 'udp-port', 'grpc-port', 'redirect-port'].filter((flag) => !own.includes(flag))
    return ['fortio', 'server', ...own.map((flag) => `-${flag}=${port}`), ...others.map((flag) => `-${flag}=disabled`)]
  }
  switch (server) {
    case 'iperf3':
      return ['iperf3', '-s', '-p', String(port)]
    case 'http':
      return fortio('http-port')
    case 'tcp-echo':
      return fortio('tcp-port')
    case 'udp-echo':
      return fortio('udp-port')
    case 'sctp-echo':
      return ['socat', `SCTP-LISTEN:${port},fork,reuseaddr`, 'EXEC:cat']
  }
}

/** What ping sends unless told otherwise, in bytes. */
const PING_PAYLOAD = 56
/** A codepoint stands in the upper six bits of its byte (RFC 2474). */
const TOS_PER_DSCP = 4

/** Shortest measurement that says something outside a simulation, in seconds. */
const LEAST_SECONDS = 10

/** The command of an entry's sender. Warns of what its tool cannot do. */
export function clientCommand(made: LabExport, traffic: Traffic, place: readonly (string | number)[], target: { readonly host: string; readonly port: number }, seconds: number): string[] {
  const { kind, streams, rate, payload } = traffic
  const time = Math.max(LEAST_SECONDS, Math.ceil(seconds))
  const warn = (field: keyof Traffic, message: string): void => made.warn('not-exported', [...place, field], message)
  if (traffic.start > 0) warn('start', 'Jobs begin together.')
  if (traffic.arrivals === 'poisson') warn('arrivals', 'The tool spaces what it sends evenly.')
  if (traffic.ecn === true) warn('ecn', 'ECN is a setting of the node: net.ipv4.tcp_ecn.')
  if (traffic.load !== undefined) warn('load', 'The tool has no share of a link; give a rate.')
  if (kind === 'icmp') {
    const interval = rate === undefined ? [] : ['-i', String((8 * Number(payload ?? PING_PAYLOAD)) / rate)]
    return ['ping', '-w', String(time), ...interval, ...(payload === undefined ? [] : ['-s', String(payload)]), ...flag('-Q', traffic.dscp === undefined ? undefined : traffic.dscp * TOS_PER_DSCP), target.host]
  }
  if (kind === 'tcp-stream' || kind === 'udp-stream') {
    const udp = kind === 'udp-stream' ? ['-u', ...flag('-b', rate ?? 0), ...flag('-l', payload)] : [...flag('-b', rate), ...flag('-C', traffic.congestion)]
    const ways = [...(traffic.reverse === true ? ['-R'] : []), ...(traffic.sendfile === true ? ['-Z'] : []), ...flag('--dscp', traffic.dscp)]
    return ['iperf3', '-c', target.host, '-p', String(target.port), '-t', String(time), '-P', String(streams), ...udp, ...ways, '--json']
  }
  if (traffic.congestion !== undefined && traffic.congestion !== 'cubic') warn('congestion', 'Fortio takes the node’s: net.ipv4.tcp_congestion_control.')
  if (traffic.dscp !== undefined && traffic.dscp > 0) warn('dscp', 'Fortio does not mark packets.')
  return fortioCommand(traffic, target, { time, warn })
}

interface Request {
  readonly time: number
  readonly warn: (field: keyof Traffic, message: string) => void
}

function fortioCommand(traffic: Traffic, { host, port }: { readonly host: string; readonly port: number }, { time, warn }: Request): string[] {
  const { kind, streams, rate, requestRate } = traffic
  const sizes = (['request', 'response'] as const).map((field) => {
    const size = traffic[field]
    if (isDistribution(size)) warn(field, 'Fortio sends messages of one size: 1024 bytes here.')
    return isDistribution(size) ? 1024 : Number(size ?? 1)
  })
  const [request, response] = sizes as [number, number]
  const rounds = requestRate ?? (rate === undefined ? 0 : (rate * streams) / (8 * (request + response)))
  const usual = ['fortio', 'load', `-c=${streams}`, `-qps=${Number(rounds.toFixed(3))}`, `-t=${time}s`, `-payload-size=${request}`]
  if (kind === 'http' || kind === 'tcp-crr') {
    return [...usual, ...(kind === 'tcp-crr' ? ['-keepalive=false'] : []), `http://${host}:${port}/?size=${response}`]
  }
  if (request !== response) warn('response', 'Fortio’s server answers with as many bytes as it is asked with.')
  return [...usual, `${kind === 'udp-rr' ? 'udp' : 'tcp'}://${host}:${port}/`]
}

function flag(name: string, value: number | string | undefined): string[] {
  return value === undefined ? [] : [name, String(value)]
}

/** How long an entry sends, in seconds, in a run that lasts `durationNs`. */
export function secondsOf({ start, stop }: Traffic, durationNs: number): number {
  return ((stop ?? durationNs) - start) / SECOND_NS
}
