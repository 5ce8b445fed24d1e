using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Norris.Http;
using Norris.Node;
using Norris.Protocol.Ordering;

namespace Norris.Api;

/// <summary>
/// Messages as they are posted to <c>/v1/messages</c>, in any of three forms:
/// <code>
/// text/plain            the text itself; its number, if it has one, in the field Norris-Number
/// application/json      {"text":"...","number":N}          ; the number may be left out
/// application/x-ndjson  one such object a line             ; empty lines mean nothing
/// </code>
/// </summary>
internal static class PostedMessages
{
    /// <summary>The most bytes that a message's JSON may have: each byte of its text may stand there as six.</summary>
    public const int JsonBytesMax = (6 * Entry.TextBytesMax) + 256;

    private const string Accepted = "Send {\"text\":\"...\"}, or {\"text\":\"...\",\"number\":N} with N counted from 1.";

    /// <summary>Reads a text; or says in one line what is wrong with it.</summary>
    public static string? TryReadText(HttpExchange exchange, ReadOnlySequence<byte> content, out PostedMessage message)
    {
        message = default;
        ulong? number = null;
        if (exchange.TryGetHeader("norris-number"u8, out ReadOnlySpan<byte> digits))
        {
            if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong counted) || counted == 0)
            {
                return "Norris-Number is which of the guest's messages this is, counted from 1.";
            }
            number = counted;
        }
        message = new PostedMessage(WithoutLastLineEnd(content).ToArray(), number);
        return FindMistake(message.Text.Span);
    }

    /// <summary>Reads a JSON object; or says in one line what is wrong with it.</summary>
    public static string? TryReadJson(ReadOnlySequence<byte> content, out PostedMessage message)
    {
        message = default;
        try
        {
            using var document = JsonDocument.Parse(content);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("text"u8, out JsonElement text) || text.ValueKind != JsonValueKind.String)
            {
                return Accepted;
            }
            ulong? number = null;
            if (root.TryGetProperty("number"u8, out JsonElement given) && given.ValueKind != JsonValueKind.Null)
            {
                if (given.ValueKind != JsonValueKind.Number || !given.TryGetUInt64(out ulong counted) || counted == 0)
                {
                    return Accepted;
                }
                number = counted;
            }
            message = new PostedMessage(System.Text.Encoding.UTF8.GetBytes(text.GetString()!), number);
            return FindMistake(message.Text.Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with half a surrogate pair in it.
            return Accepted;
        }
    }

    /// <summary>Reads many, one a line; or says in one line which is wrong, and how.</summary>
    public static string? TryReadLines(ReadOnlySequence<byte> content, List<PostedMessage> messages)
    {
        var reader = new SequenceReader<byte>(content);
        for (int line = 1; !reader.End; line++)
        {
            if (!reader.TryReadTo(out ReadOnlySequence<byte> bytes, (byte)'\n'))
            {
                bytes = reader.UnreadSequence;
                reader.AdvanceToEnd();
            }
            bytes = WithoutLastLineEnd(bytes);
            if (bytes.IsEmpty)
            {
                continue;
            }
            if (TryReadJson(bytes, out PostedMessage message) is { } mistake)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Line {line}: {mistake} Nothing was taken.");
            }
            messages.Add(message);
        }
        return messages.Count == 0 ? "There is no message. " + Accepted : null;
    }

    private static string? FindMistake(ReadOnlySpan<byte> text) => text.Length switch
    {
        0 => "The message is empty.",
        > Entry.TextBytesMax => string.Create(CultureInfo.InvariantCulture, $"The message has {text.Length} bytes; {Entry.TextBytesMax} are accepted."),
        _ => Utf8.IsValid(text) ? null : "The message is not valid UTF-8.",
    };

    private static ReadOnlySequence<byte> WithoutLastLineEnd(ReadOnlySequence<byte> content)
    {
        if (content.Length > 0 && content.Slice(content.Length - 1).FirstSpan[0] == '\n')
        {
            content = content.Slice(0, content.Length - 1);
        }
        return content.Length > 0 && content.Slice(content.Length - 1).FirstSpan[0] == '\r' ? content.Slice(0, content.Length - 1) : content;
    }
}
