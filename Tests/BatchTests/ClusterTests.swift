import Batch
import TestSupport
import Testing
import Yams

/// What cluster engines are given.
@Suite struct ClusterScripts {
    private func plan(_ path: String = "/data/it's here/plan.yaml", shards: Int = 3) -> ClusterPlan {
        ClusterPlan(program: "/opt/quern", plan: path, folder: "/data", shards: shards)
    }

    private func manifest(_ plan: ClusterPlan, namespace: String? = nil) throws -> Node {
        let place = KubernetesJob.Place(
            image: "registry:5000/quern@sha256:00", claim: "models", mount: "/work", namespace: namespace, processors: 8,
            memory: "2Gi")
        return try #require(try Yams.compose(yaml: KubernetesJob(plan, on: place, parallelism: 2).text))
    }

    @Test func aKubernetesJobIsIndexedAndSharesAVolume() throws {
        let job = try manifest(plan("/work/My Plan!.yaml"), namespace: "night")
        #expect(job["apiVersion"]?.string == "batch/v1" && job["kind"]?.string == "Job")
        #expect(job["metadata"]?["name"]?.string == "quern-my-plan" && job["metadata"]?["namespace"]?.string == "night")
        let spec = try #require(job["spec"])
        #expect(spec["completionMode"]?.string == "Indexed")
        #expect(spec["completions"]?.int == 3 && spec["parallelism"]?.int == 2 && spec["backoffLimitPerIndex"]?.int == 3)
        let pod = try #require(spec["template"]?["spec"])
        #expect(pod["restartPolicy"]?.string == "Never")
        let container = try #require(pod["containers"]?[0])
        #expect(container["image"]?.string == "registry:5000/quern@sha256:00")
        #expect(container["command"]?.sequence?.compactMap(\.string) == ["/opt/quern"])
        #expect(
            container["args"]?.sequence?.compactMap(\.string) == [
                "batch", "/work/My Plan!.yaml", "--shard", "$(JOB_COMPLETION_INDEX)/3", "--threads", "8", "--progress", "json",
            ])
        #expect(container["resources"]?["requests"]?["cpu"]?.string == "8")
        #expect(container["resources"]?["limits"]?["memory"]?.string == "2Gi")
        let mount = try #require(container["volumeMounts"]?[0])
        let volume = try #require(pod["volumes"]?[0])
        #expect(mount["mountPath"]?.string == "/work" && mount["name"]?.string == volume["name"]?.string)
        #expect(volume["persistentVolumeClaim"]?["claimName"]?.string == "models")
        #expect(spec["podFailurePolicy"]?["rules"]?[1]?["onExitCodes"]?["containerName"]?.string == container["name"]?.string)
    }

    @Test func aSlurmScriptDoesTheShareOfItsElement() {
        var plan = plan()
        plan.jobsAtOnce = 2
        let lines = SlurmScript(plan, logs: "/data/100%").text.split(separator: "\n").map(String.init)
        #expect(lines.first == "#!/bin/bash")
        #expect(lines.contains("#SBATCH --array=0-2") && lines.contains("#SBATCH --requeue"))
        #expect(lines.contains("#SBATCH --output=\"/data/100%%/slurm-%A_%a.log\""))
        #expect(
            lines.last
                == "exec /opt/quern batch '/data/it'\\''s here/plan.yaml' --jobs 2 --shard \"${SLURM_ARRAY_TASK_ID}/3\" "
                + "--progress plain ${SLURM_CPUS_PER_TASK:+--threads \"$SLURM_CPUS_PER_TASK\"}")
    }
}
