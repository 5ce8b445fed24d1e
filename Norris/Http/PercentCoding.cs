using System.Text;

namespace Norris.Http;

/// <summary>Percent-decoding (RFC 3986 section 2.1) of what the parser has already found valid.</summary>
internal static class PercentCoding
{
    /// <summary>Decodes into a span that is as long as the source at least, and returns the decoded length.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int length = 0;
        for (int index = 0; index < source.Length; index++)
        {
            byte each = source[index];
            if (each == '%' && index + 2 < source.Length)
            {
                each = (byte)((HexValue(source[index + 1]) << 4) | HexValue(source[index + 2]));
                index += 2;
            }

            destination[length++] = each;
        }

        return length;
    }

    /// <summary>Decodes into a string; bytes that are not UTF-8 become U+FFFD.</summary>
    public static string DecodeToString(ReadOnlySpan<byte> source)
    {
        if (!source.Contains((byte)'%'))
        {
            return Encoding.UTF8.GetString(source);
        }

        byte[] decoded = new byte[source.Length];
        return Encoding.UTF8.GetString(decoded, 0, Decode(source, decoded));
    }

    /// <summary>The raw value of a parameter in a query of <c>name=value</c> pairs joined by ampersands; names are compared as they are.</summary>
    public static bool TryGetQueryValue(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (Range range in query.Split((byte)'&'))
        {
            ReadOnlySpan<byte> pair = query[range];
            int equals = pair.IndexOf((byte)'=');
            if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(name))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The value of a hexadecimal digit.</summary>
    internal static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
