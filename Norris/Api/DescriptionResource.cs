using Norris.Http;

namespace Norris.Api;

/// <summary>
/// <c>GET /v1/openapi.json</c>: what may be asked of a node, as an OpenAPI 3.1 document that is part of the program (<c>Api/openapi.json</c>). A test holds
/// it to the routes, and answers to it.
/// </summary>
internal static class DescriptionResource
{
    private const string File = "openapi.json";

    private static readonly byte[] Document = Read();

    /// <summary>The document.</summary>
    public static async ValueTask GetAsync(HttpExchange exchange) => await exchange.RespondAsync(200, Responses.Json, Document);

    private static byte[] Read()
    {
        using Stream stream = typeof(DescriptionResource).Assembly.GetManifestResourceStream(File)
            ?? throw new InvalidOperationException($"{File} is not part of the program.");
        byte[] document = new byte[stream.Length];
        stream.ReadExactly(document);
        return document;
    }
}
