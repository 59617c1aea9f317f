public import GGUF
public import JSONText
public import ModelManifest
public import ModelStore

/// Reads what the layers of a stored model say.
public struct PackageReader: Sendable {
    public let store: ModelStore
    public let model: StoredModel

    public init(_ model: StoredModel, in store: ModelStore) { (self.model, self.store) = (model, store) }

    /// The GGUF file of a model, projector, adapter or draft layer.
    public func weights(_ layer: Descriptor) throws(PackagingError) -> GGUFFile {
        do {
            return try GGUFFile(try store.blob(layer), name: store.path(of: layer.digest))
        } catch let error as GGUFError {
            throw .unreadableWeights(model: model.name, layer: layer.mediaType, reason: error)
        } catch let error as StoreError {
            throw .unusableLayer(model: model.name, layer: layer.mediaType, reason: error)
        } catch {
            throw .malformedLayer(model: model.name, layer: layer.mediaType, problem: "\(error)")
        }
    }

    public func text(_ layer: Descriptor) throws(PackagingError) -> String {
        do { return try store.text(of: layer) } catch {
            throw .unusableLayer(model: model.name, layer: layer.mediaType, reason: error)
        }
    }

    /// The object that a params layer holds.
    public func parameters(_ layer: Descriptor) throws(PackagingError) -> JSONObject {
        let value = try json(layer)
        guard let object = value.object else { throw malformed(layer, "\(value.kind), not an object") }
        return object
    }

    /// The turns that a messages layer holds.
    public func messages(_ layer: Descriptor) throws(PackagingError) -> [PackageContents.Message] {
        let value = try json(layer)
        guard let turns = value.array else { throw malformed(layer, "\(value.kind), not an array") }
        var messages: [PackageContents.Message] = []
        for turn in turns {
            guard let role = turn["role"]?.string else { throw malformed(layer, "turn \(messages.count) has no role") }
            messages.append(PackageContents.Message(role: role.lowercased(), content: turn["content"]?.string ?? ""))
        }
        return messages
    }

    private func json(_ layer: Descriptor) throws(PackagingError) -> JSONValue {
        let text = try text(layer)
        do { return try JSONValue(parsing: text, limits: JSONLimits(depth: 64, allowsDuplicateKeys: true)) } catch {
            throw malformed(layer, error.description)
        }
    }

    private func malformed(_ layer: Descriptor, _ problem: String) -> PackagingError {
        .malformedLayer(model: model.name, layer: layer.mediaType, problem: problem)
    }

    public func config() throws(PackagingError) -> ModelConfig {
        do { return try store.config(of: model) } catch { throw .store(error) }
    }
}

extension PackageReader {
    /// The model's layers as the base of another package, which is what FROM means: each says that it came from here.
    ///
    /// - Throws: `PackagingError.unusableLayer` that names the layer that is missing or damaged.
    public func baseLayers() throws(PackagingError) -> [BaseLayer] {
        var layers: [BaseLayer] = []
        // What was measured of this package says nothing of the next one, which may have an adapter or other weights.
        for descriptor in model.manifest.layers where descriptor.mediaType != .quality {
            do { try store.check(descriptor) } catch {
                throw .unusableLayer(model: model.name, layer: descriptor.mediaType, reason: error)
            }
            var layer = BaseLayer(content: .stored(descriptor.comingFrom(model.name)))
            switch descriptor.mediaType {
            case .model, .projector, .adapter, .draft: layer.facts = WeightFacts(try weights(descriptor))
            case .parameters: layer.parameters = try parameters(descriptor)
            default: break
            }
            layers.append(layer)
        }
        return layers
    }
}

extension Descriptor {
    fileprivate func comingFrom(_ model: ModelName) -> Descriptor {
        var copy = self
        copy.from = model.shortest
        return copy
    }
}
