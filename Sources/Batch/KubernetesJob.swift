import JSONText

/// A plan as an indexed Job of Kubernetes: each completion index does one share on a volume that all pods see.
public struct KubernetesJob: Sendable {
    /// What the cluster has to offer.
    public struct Place: Sendable {
        /// The image that holds `quern`.
        public var image: String
        /// The claim of the volume that holds the plan, its inputs and its outputs.
        public var claim: String
        /// Where the volume is mounted; the plan's path starts there.
        public var mount: String
        public var namespace: String?
        /// Processors and memory of each pod.
        public var processors: Int
        public var memory: String

        public init(image: String, claim: String, mount: String, namespace: String?, processors: Int, memory: String) {
            (self.image, self.claim, self.mount, self.namespace) = (image, claim, mount, namespace)
            (self.processors, self.memory) = (processors, memory)
        }
    }

    private let plan: ClusterPlan
    private let place: Place
    /// Pods at a time.
    private let parallelism: Int

    public init(_ plan: ClusterPlan, on place: Place, parallelism: Int) {
        (self.plan, self.place, self.parallelism) = (plan, place, parallelism)
    }

    /// The manifest. `backoffLimitPerIndex` needs Kubernetes 1.29.
    public var text: String {
        func quoted(_ text: String) -> String { JSONValue.string(text).text() }
        let arguments =
            plan.words + [
                "--shard", "$(JOB_COMPLETION_INDEX)/\(plan.shards)", "--threads", "\(place.processors)", "--progress", "json",
            ]
        let namespace = place.namespace.map { "\n  namespace: \(quoted($0))" } ?? ""
        return """
            # One pod for each of \(plan.shards) shares. A pod that is lost is replaced, and goes on behind what is finished.
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: \(quoted(plan.name))\(namespace)
              labels:
                app.kubernetes.io/name: quern
                app.kubernetes.io/component: batch
            spec:
              completionMode: Indexed
              completions: \(plan.shards)
              parallelism: \(parallelism)
              backoffLimitPerIndex: 3
              # A second pod for an index waits until the first is gone for good.
              podReplacementPolicy: Failed
              podFailurePolicy:
                rules:
                  # Drained nodes and preemption count for nothing.
                  - action: Ignore
                    onPodConditions:
                      - type: DisruptionTarget
                  # A plan that makes no sense will not make any the next time.
                  - action: FailIndex
                    onExitCodes:
                      containerName: quern
                      operator: In
                      values: [2]
              template:
                metadata:
                  labels:
                    app.kubernetes.io/name: quern
                    app.kubernetes.io/component: batch
                spec:
                  restartPolicy: Never
                  # SIGTERM stops a share in good order; this is the time it has for that.
                  terminationGracePeriodSeconds: 60
                  containers:
                    - name: quern
                      image: \(quoted(place.image))
                      workingDir: \(quoted(place.mount))
                      command: [\(quoted(plan.program))]
                      args: [\(arguments.map(quoted).joined(separator: ", "))]
                      env:
                        - name: OLLAMA_MODELS
                          value: \(quoted(PathText.joined(place.mount, "models")))
                      resources:
                        requests:
                          cpu: "\(place.processors)"
                          memory: \(quoted(place.memory))
                        limits:
                          memory: \(quoted(place.memory))
                      volumeMounts:
                        - name: work
                          mountPath: \(quoted(place.mount))
                  volumes:
                    - name: work
                      persistentVolumeClaim:
                        claimName: \(quoted(place.claim))

            """
    }
}
