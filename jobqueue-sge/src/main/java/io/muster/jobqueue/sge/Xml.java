package io.muster.jobqueue.sge;

import io.muster.jobqueue.QueueUnavailableException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** What {@code qstat -xml} prints, read without document types and external entities. */
final class Xml {
    private Xml() {}

    /**
     * The root element.
     *
     * @throws QueueUnavailableException if it is not well-formed
     */
    static Element root(final String text) {
        try {
            final DocumentBuilder builder = factory().newDocumentBuilder();
            builder.setErrorHandler(new Strict());
            return builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
        } catch (final SAXException | IOException e) {
            throw new QueueUnavailableException(
                    "qstat printed XML that cannot be read: " + e.getMessage() + "; it began with " + Said.brief(text),
                    e);
        } catch (final ParserConfigurationException e) {
            throw new IllegalStateException("this Java's XML parser cannot be kept from reading external entities", e);
        }
    }

    /** All elements of a name below one. */
    static List<Element> all(final Element within, final String name) {
        final NodeList nodes = within.getElementsByTagName(name);
        final List<Element> elements = new ArrayList<>(nodes.getLength());
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** The elements just below one. */
    static List<Element> elements(final Element parent) {
        final List<Element> elements = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                elements.add(element);
            }
        }
        return elements;
    }

    /** The elements of a name just below one. */
    static List<Element> children(final Element parent, final String name) {
        return elements(parent).stream()
                .filter(element -> element.getTagName().equals(name))
                .toList();
    }

    /** The text of the first element of a name just below one; empty if there is none. */
    static String text(final Element parent, final String name) {
        final List<Element> elements = children(parent, name);
        return elements.isEmpty() ? "" : elements.get(0).getTextContent().strip();
    }

    private static DocumentBuilderFactory factory() throws ParserConfigurationException {
        final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setExpandEntityReferences(false);
        factory.setXIncludeAware(false);
        return factory;
    }

    /** Throws, and prints nothing. */
    private static final class Strict extends DefaultHandler {
        @Override
        public void error(final SAXParseException e) throws SAXException {
            throw e;
        }
    }
}
