using System.Buffers;

namespace Norris.Http;

/// <summary>Bytes carried over from one chunk to the next, in front of which nothing can be put but behind which more can.</summary>
internal sealed class CarryBuffer
{
    private const int BytesKept = 64 * 1024;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Whether nothing is carried.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>What is carried.</summary>
    public ReadOnlySequence<byte> Sequence => new(_bytes, _start, _end - _start);

    /// <summary>Carries these bytes as well.</summary>
    public void Append(in ReadOnlySequence<byte> bytes)
    {
        int count = checked((int)bytes.Length);
        if (_bytes.Length - _end < count)
        {
            int carried = _end - _start;
            byte[] larger = carried + count <= _bytes.Length ? _bytes : new byte[Math.Max(_bytes.Length * 2, carried + count)];
            _bytes.AsSpan(_start, carried).CopyTo(larger);
            (_bytes, _start, _end) = (larger, 0, carried);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += count;
    }

    /// <summary>Puts down the first bytes.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Clear();
        }
    }

    /// <summary>Puts down everything.</summary>
    public void Clear()
    {
        _start = _end = 0;
        if (_bytes.Length > BytesKept)
        {
            _bytes = [];
        }
    }
}
