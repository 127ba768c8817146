export { ruleCount, rulesTried, type KubeProxyMode } from './kube-proxy'
export { chooseBackend, labServices, type Backend, type Service, type ServicePort } from './services'
