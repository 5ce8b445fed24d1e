using System.Buffers;
using System.Text;

namespace Norris.Http;

/// <summary>
/// The field lines of one message head, or its trailers, in one reusable buffer: names in lower case, values without white
/// space around them. Nothing becomes a string unless somebody asks. Valid until the section is cleared for the next message.
/// </summary>
internal sealed class FieldSection
{
    private const int BytesAtFirst = 1024;
    private const int BytesKept = 8 * 1024;

    private byte[] _bytes = [];
    private int _used;
    private Line[] _lines = new Line[16];

    /// <summary>How many field lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>The name of a line, in lower case.</summary>
    public ReadOnlySpan<byte> NameAt(int index) => _bytes.AsSpan(_lines[index].Start, _lines[index].NameLength);

    /// <summary>The value of a line.</summary>
    public ReadOnlySpan<byte> ValueAt(int index) => _bytes.AsSpan(_lines[index].ValueStart, _lines[index].ValueLength);

    /// <summary>The value of the first line with this name.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="value">Empty when there is none.</param>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int index = IndexOf(name);
        value = index < 0 ? default : ValueAt(index);
        return index >= 0;
    }

    /// <summary>The index of the first line with this name at or behind <paramref name="from"/>, or -1.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="from">Where to begin.</param>
    public int IndexOf(ReadOnlySpan<byte> name, int from = 0)
    {
        for (int index = from; index < Count; index++)
        {
            if (NameAt(index).SequenceEqual(name))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Whether any line with this name has this member in its comma-separated list.</summary>
    public bool ListContains(ReadOnlySpan<byte> name, ReadOnlySpan<byte> member)
    {
        for (int index = IndexOf(name); index >= 0; index = IndexOf(name, index + 1))
        {
            if (Grammar.ListContains(ValueAt(index), member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets all lines, and the memory of an unusually large section.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        if (_bytes.Length > BytesKept)
        {
            _bytes = [];
        }
    }

    /// <summary>
    /// Takes a line: field-line = field-name ":" OWS field-value OWS (RFC 9112 section 5). White space before the name is a
    /// folded line, white space before the colon a smuggler's trick; both are refused.
    /// </summary>
    public RejectionReason Add(in ReadOnlySequence<byte> line)
    {
        int length = (int)line.Length;
        Span<byte> bytes = Room(length);
        line.CopyTo(bytes);
        if (bytes[0] is (byte)' ' or (byte)'\t')
        {
            return RejectionReason.LineFolded;
        }

        int colon = bytes.IndexOf((byte)':');
        if (colon < 0 || !Grammar.IsToken(bytes[..colon]))
        {
            return RejectionReason.FieldNameMalformed;
        }

        ReadOnlySpan<byte> value = bytes[(colon + 1)..];
        if (!Grammar.IsFieldValue(value))
        {
            return RejectionReason.FieldValueMalformed;
        }

        int leading = value.Length - value.TrimStart(" \t"u8).Length;
        Ascii.ToLowerInPlace(bytes[..colon], out _);
        AddLine(new Line(_used, colon, _used + colon + 1 + leading, Grammar.TrimWhitespace(value).Length));
        _used += length;
        return RejectionReason.None;
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _used < length)
        {
            Array.Resize(ref _bytes, Math.Max(Math.Max(_bytes.Length * 2, BytesAtFirst), _used + length));
        }

        return _bytes.AsSpan(_used, length);
    }

    private void AddLine(Line line)
    {
        if (Count == _lines.Length)
        {
            Array.Resize(ref _lines, Count * 2);
        }

        _lines[Count++] = line;
    }

    private readonly record struct Line(int Start, int NameLength, int ValueStart, int ValueLength);
}
