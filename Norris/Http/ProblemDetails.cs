using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Norris.Http;

/// <summary>Writes problem details (RFC 9457): what went wrong in words for people and in members for programs.</summary>
internal static class ProblemDetails
{
    /// <summary><c>application/problem+json</c>.</summary>
    public static ReadOnlySpan<byte> MediaType => "application/problem+json"u8;

    /// <summary>People read it in a terminal, never as part of a page: quotes need not be spelled as code points.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>{"type","title","status","detail"}</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="status">The status of the response.</param>
    /// <param name="detail">What to do, in a sentence; any text, it is escaped.</param>
    /// <param name="type">A URI reference for the kind of problem; the status says it all when it is about:blank.</param>
    /// <param name="title">The kind in a few words; null for the reason phrase.</param>
    public static void Write(IBufferWriter<byte> output, int status, string detail, string type = "about:blank", string? title = null)
    {
        using Utf8JsonWriter json = new(output, Options);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("title"u8, title ?? StatusLine.ReasonPhrase(status));
        json.WriteNumber("status"u8, status);
        json.WriteString("detail"u8, detail);
        json.WriteEndObject();
    }
}
