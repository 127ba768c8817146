/** ELK, in a worker: on a thread without a document its file answers messages itself. */
import 'elkjs/lib/elk-worker.min.js'
