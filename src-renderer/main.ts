import './ui/theme/base.css'
import './ui/theme/controls.css'
import './ui/theme/tables.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'

createApp(App).use(createPinia()).mount('#app')
