export { CoverageWalk, isEmpty, type ConnectionKind, type CoverageQuestion } from './coverage-walk'
export { matchesDnsPattern } from './dns-pattern'
export {
  addEndpoint,
  differenceOf,
  endpointSet,
  hasEndpoint,
  intersectionOf,
  membersOf,
  SetNumbering,
  unionOf,
  type EndpointSet,
} from './endpoint-set'
export { wholeExpression } from './expression'
export { matchesHttpPath, type HttpPathRule } from './http-path'
export { PolicyTableBuilder, type IcmpMatch, type PolicyRule, type PolicyStep, type PortRange } from './policy-builder'
export { PeerReader } from './peer-reader'
export { decidingStep, ruleOfStep, actionOfStep, stepAllows, triedSteps, type Mismatch, type PolicyPacket, type TriedStep } from './policy-reader'
export { ACTION, ACTION_NAMES, DIRECTION, IP_PROTOCOLS, type Direction, type HostRelation, type PolicyAction, type PolicyTable } from './policy-table'
export type { CiliumHttpRule, Request, RequestMatch } from './request-match'
