import { plainNameSchema } from '../name-schemas'
import { z } from '../schema-library'
import { calicoSettingsSchema, type CalicoSettings } from '../settings/calico-settings'
import { ciliumSettingsSchema, type CiliumSettings } from '../settings/cilium-settings'
import { flannelSettingsSchema, type FlannelSettings } from '../settings/flannel-settings'
import { kubeProxySettingsSchema, type KubeProxySettings } from '../settings/kube-proxy-settings'

/** Pods in the host network: the baseline. */
export interface HostVariant {
  readonly name: string
  readonly cni: 'none'
  readonly settings: { readonly kubeProxy: KubeProxySettings }
}

/** Calico. */
export interface CalicoVariant {
  readonly name: string
  readonly cni: 'calico'
  readonly settings: CalicoSettings
}

/** Cilium. */
export interface CiliumVariant {
  readonly name: string
  readonly cni: 'cilium'
  readonly settings: CiliumSettings
}

/** Flannel. */
export interface FlannelVariant {
  readonly name: string
  readonly cni: 'flannel'
  readonly settings: FlannelSettings
}

/** A network plugin with its settings, all of them: what is not given has the plugin's own default. */
export type Variant = HostVariant | CalicoVariant | CiliumVariant | FlannelVariant

/** A network plugin a variant can have. */
export type CniName = Variant['cni']

/** The schema of each plugin's settings. */
export const SETTINGS_SCHEMAS = {
  none: z.strictObject({ kubeProxy: kubeProxySettingsSchema }),
  calico: calicoSettingsSchema,
  cilium: ciliumSettingsSchema,
  flannel: flannelSettingsSchema,
} as const

/** The schema of a variant. */
export const variantSchema = z.discriminatedUnion('cni', [
  z.strictObject({ name: plainNameSchema, cni: z.literal('none'), settings: SETTINGS_SCHEMAS.none.prefault({}) }),
  z.strictObject({ name: plainNameSchema, cni: z.literal('calico'), settings: SETTINGS_SCHEMAS.calico.prefault({}) }),
  z.strictObject({ name: plainNameSchema, cni: z.literal('cilium'), settings: SETTINGS_SCHEMAS.cilium.prefault({}) }),
  z.strictObject({ name: plainNameSchema, cni: z.literal('flannel'), settings: SETTINGS_SCHEMAS.flannel.prefault({}) }),
])
