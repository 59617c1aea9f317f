import ModelManifest
public import ModelStore

/// Keeps models in memory for requests: loads them when they are asked for, lets them go when nobody has used them for a while, and
/// has requests wait in line where there is not enough room.
///
/// Rules are Ollama's: as many models as OLLAMA_MAX_LOADED_MODELS says, the one that was used longest ago leaves first; a request
/// that finds the line full is refused at once.
public actor ModelHost {
    public nonisolated let models: LocalModels
    public nonisolated let settings: HostSettings
    /// What is known of models without loading them.
    public nonisolated let catalogue: ModelCatalogue
    private var residents: [Resident.Key: Resident] = [:]
    /// Requests in the order in which they came.
    private var line: [Waiter] = []
    private var loading: Resident.Key?
    private var lastTicket = 0

    public init(models: LocalModels, settings: HostSettings = HostSettings()) {
        (self.models, self.settings) = (models, settings)
        catalogue = ModelCatalogue(models: models)
    }

    private struct Waiter {
        let ticket: Int
        let wanted: Wanted
        let continuation: CheckedContinuation<HostedModel, any Error>
    }

    /// A model that a request needs, and for what.
    struct Wanted: Sendable {
        let stored: StoredModel
        let name: String
        let use: Resident.Use
        let keepAlive: KeepAlive?

        var key: Resident.Key { Resident.Key(digest: stored.digest, use: use) }
    }

    /// Requests that wait for a model.
    package var waitingCount: Int { line.count }

    // MARK: Taking a model

    /// Waits until the model is in memory and free, and takes it. Who takes a model gives it back with `release`.
    ///
    /// - Throws: `ServiceError.busy` where too many wait already; what loading throws; `CancellationError`.
    func take(_ wanted: Wanted) async throws -> HostedModel {
        lastTicket += 1
        let ticket = lastTicket
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                line.append(Waiter(ticket: ticket, wanted: wanted, continuation: continuation))
                serve()
                if line.count > settings.queueLength { dismiss(ticket, ServiceError.busy) }
                if Task.isCancelled { dismiss(ticket, CancellationError()) }
            }
        } onCancel: {
            Task { await self.dismiss(ticket, CancellationError()) }
        }
    }

    /// Ends a request that waits; one that has its model already is not concerned.
    private func dismiss(_ ticket: Int, _ error: any Error) {
        guard let place = line.firstIndex(where: { $0.ticket == ticket }) else { return }
        line.remove(at: place).continuation.resume(throwing: error)
    }

    /// Gives models to those in line, the first first, and starts loading what is missing.
    private func serve() {
        var passedOver: [Waiter] = []
        for waiter in line {
            let wanted = waiter.wanted
            if let resident = residents[wanted.key], resident.isVacant {
                resident.enter(keepAlive: wanted.keepAlive ?? settings.keepAlive)
                waiter.continuation.resume(returning: resident.model)
                continue
            }
            passedOver.append(waiter)
            if residents[wanted.key] == nil, loading == nil, makeRoom() { load(wanted) }
        }
        line = passedOver
    }

    /// Lets idle models go until there is room for one more; whether there is.
    private func makeRoom() -> Bool {
        while residents.count >= settings.loadedModels { if !evictOne() { return false } }
        return true
    }

    /// Lets the idle model go that was used longest ago; whether there was one.
    private func evictOne() -> Bool {
        let idle = residents.values.filter { $0.users == 0 }
        guard let oldest = idle.min(by: { $0.lastUse < $1.lastUse }) else { return false }
        remove(oldest)
        return true
    }

    // MARK: Loading

    private func load(_ wanted: Wanted) {
        loading = wanted.key
        Task {
            do { finishLoading(wanted, .success(try await open(wanted))) } catch { finishLoading(wanted, .failure(error)) }
        }
    }

    /// Opens a model; where the memory does not hold it, once more without those that are idle.
    private func open(_ wanted: Wanted) async throws -> HostedModel {
        let (models, settings) = (models, settings)
        let attempt: @Sendable () throws -> HostedModel = {
            switch wanted.use {
            case .reply:
                .chat(try HostedChat(wanted.stored, name: wanted.name, in: models, settings))
            case .embed: .embedding(try HostedEmbedding(wanted.stored, name: wanted.name, in: models))
            }
        }
        do { return try await WorkerThread.run(attempt) } catch {
            guard error.isLackOfMemory, evictOne() else { throw error }
            while evictOne() {}
            return try await WorkerThread.run(attempt)
        }
    }

    private func finishLoading(_ wanted: Wanted, _ result: Result<HostedModel, any Error>) {
        loading = nil
        switch result {
        case .success(let model):
            residents[wanted.key] = Resident(
                key: wanted.key, stored: wanted.stored, model: model, keepAlive: wanted.keepAlive ?? settings.keepAlive)
        case .failure(let error):
            for waiter in line where waiter.wanted.key == wanted.key { waiter.continuation.resume(throwing: error) }
            line.removeAll { $0.wanted.key == wanted.key }
        }
        serve()
        // Whoever wanted it may have gone meanwhile.
        if let resident = residents[wanted.key], resident.users == 0 { rest(resident) }
    }

    // MARK: Giving back

    /// Gives a model back that `take` gave.
    func release(_ wanted: Wanted) {
        guard let resident = residents[wanted.key] else { return }
        resident.leave()
        if resident.users == 0 { rest(resident) }
        serve()
    }

    /// Starts the time after which an idle model leaves.
    private func rest(_ resident: Resident) {
        guard let deadline = resident.deadline else { return }
        if deadline <= .now {
            remove(resident)
            return
        }
        let (key, uses) = (resident.key, resident.uses)
        resident.departure?.cancel()
        resident.departure = Task {
            try? await Task.sleep(until: deadline)
            if !Task.isCancelled { expire(key, uses: uses) }
        }
    }

    /// Lets a model go that nobody has used since `uses` was counted.
    private func expire(_ key: Resident.Key, uses: Int) {
        guard let resident = residents[key], resident.users == 0, resident.uses == uses else { return }
        remove(resident)
        serve()
    }

    private func remove(_ resident: Resident) {
        resident.departure?.cancel()
        residents[resident.key] = nil
    }
}

extension ModelHost {
    /// Lets a model go: at once, or with its last request. One that is not in memory is no error.
    public func unload(_ stored: StoredModel) {
        for resident in residents.values where resident.key.digest == stored.digest {
            resident.keepAlive = .after(.zero)
            if resident.users == 0 { remove(resident) }
        }
        serve()
    }

    /// The models in memory, the one that stays longest first.
    public func running() -> [RunningModel] {
        residents.values.map(RunningModel.init).sorted { $0.expires > $1.expires }
    }
}
