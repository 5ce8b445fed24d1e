using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Norris.Http;

/// <summary>
/// Field lines on their way out, already as they will stand on the wire. A name or value that could break the message is a
/// mistake of the program and throws; fields that frame a message are the writer's own and are refused too.
/// </summary>
internal sealed class FieldBlock
{
    private byte[] _bytes = new byte[256];
    private int _used;

    /// <summary>The lines, each with its CRLF.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>Forgets the lines.</summary>
    public void Clear() => _used = 0;

    /// <summary>Adds <c>name ": " value CRLF</c>.</summary>
    /// <exception cref="ArgumentException">The name is no token or frames the message, or the value has control characters.</exception>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!Grammar.IsToken(name) || IsFraming(name))
        {
            throw new ArgumentException($"'{Encoding.Latin1.GetString(name)}' cannot be set as a field.", nameof(name));
        }

        if (!Grammar.IsFieldValue(value))
        {
            throw new ArgumentException("A field value cannot have control characters.", nameof(value));
        }

        int length = name.Length + value.Length + 4;
        if (_bytes.Length - _used < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        }

        Span<byte> line = _bytes.AsSpan(_used, length);
        name.CopyTo(line);
        ": "u8.CopyTo(line[name.Length..]);
        value.CopyTo(line[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(line[(length - 2)..]);
        _used += length;
    }

    /// <summary>Writes <c>Content-Length: n CRLF</c>.</summary>
    public static void WriteContentLength(IBufferWriter<byte> output, long lengthBytes)
    {
        output.Write("Content-Length: "u8);
        Span<byte> digits = output.GetSpan(20);
        Utf8Formatter.TryFormat(lengthBytes, digits, out int written);
        output.Advance(written);
        output.Write("\r\n"u8);
    }

    private static bool IsFraming(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "content-length"u8) || Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8) ||
        Ascii.EqualsIgnoreCase(name, "connection"u8) || Ascii.EqualsIgnoreCase(name, "trailer"u8);
}
