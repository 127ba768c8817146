import { describe, expect, test } from 'vitest'

import { serviceFacts } from '#renderer/inspector/service-facts'

import { outlineOf } from '../support/sample-lab'

const facts = (object: string, labels = '{}') => {
  const outline = outlineOf(`spec:
  nodes: [{name: node-1}, {name: node-2}, {name: node-3, labels: ${labels}}]
  cluster:
    workloads: [{name: web, labels: {app: web}, replicas: 3, nodes: [node-2]}]
    manifests: [${object}]`)
  return Object.fromEntries(serviceFacts(outline, outline.services[0]!).map(({ label, value }) => [label, value]))
}
const service = (spec: string, status = '{}') => `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: http, nodePort: 30080}], ${spec}}, status: ${status}}`

describe('what there is to know of a service', () => {
  test('is where it answers, who answers, and which nodes announce it', () => {
    expect(facts(service('type: LoadBalancer', '{loadBalancer: {ingress: [{ip: 198.51.100.7}]}}'))).toMatchObject({
      Type: 'LoadBalancer', Outside: '198.51.100.7', Ports: 'TCP 80 → http, node port 30080', Endpoints: '3 pods of web', 'Announced by': 'every node',
    })
  })

  test('leaves out nodes that stay out of load balancing, and with local traffic those without an endpoint', () => {
    const announced = (spec: string) => facts(service(spec), '{node.kubernetes.io/exclude-from-external-load-balancers: ""}')['Announced by']
    expect(announced('type: LoadBalancer')).toBe('node-1, node-2')
    expect(announced('type: LoadBalancer, externalTrafficPolicy: Local')).toBe('node-2')
    expect(announced('type: NodePort')).toBeUndefined()
  })
})
